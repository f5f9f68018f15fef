# Every function and form of expression that the evaluator computes; expressions.json holds what Terraform makes of them
# (tests/oracles/terraform_plans.py --record writes it).

variable "tags" {
  type    = map(string)
  default = { team = "orders", stage = "dev" }
}
variable "queues" {
  type = map(object({
    delay = optional(number, 5)
    fifo  = optional(bool)
    names = optional(list(string), ["x"])
    inner = optional(object({ a = optional(string, "A"), b = optional(number) }), {})
  }))
  default = { a = { delay = "7" }, b = { fifo = true, inner = { b = 3 } } }
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "list" {
  type    = list(any)
  default = [1, 2, 3]
}
variable "tuple" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}
variable "nothing" {
  default = null
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "number" {
  type    = number
  default = "12"
}
variable "text" {
  type    = string
  default = 5
}

locals {
  people = [{ name = "ann", age = 3 }, { name = "bob", age = 5 }, { name = "cid", age = 5 }]
  nested = { x = { y = [{ z = "deep" }] } }
  number = 42
  late   = local.early
  early  = "early"
  text   = <<-EOT
    {
      "a": "${local.number}"

        indented
    }
    EOT
}

output "all" {
  value = {
    # arithmetic and comparison
    precedence     = 1 + 2 * 3 - 4 / 2
    division       = 7 / 2
    whole          = 8 / 2
    modulo         = -7 % 3
    negative       = -(3 + 2)
    float          = 1.5e3
    comparison     = [1 < 2, 2 <= 2, 3 > 4, 4 >= 4, "a" == "a", "a" != "b", 1 == 1, "1" == 1, null == null, [1] == [1], { a = 1 } == { a = 1 }]
    logic          = [true && false, true || false, !true, !(1 == 2) && true]
    conditional    = true ? "yes" : "no"
    chain          = local.number == 1 ? "a" : local.number == 42 ? "b" : "c"
    chain3         = local.number == 1 ? "a" : local.number == 2 ? "b" : local.number == 42 ? "c" : "d"
    paren          = (local.number == 1 ? false : true) ? "x" : "y"
    subtraction    = 10 - 3 - 2
    mixed          = 2 * 3 == 6 && 1 + 1 == 2 || false
    # templates
    interpolation  = "n=${local.number} t=${true} f=${1.5} s=${"quoted ${"inner"}"}"
    escaped        = "a\tb\n\"c\" \\ $${x} %%{y} \u00e9 \U0001F600"
    alone          = "${local.people}"
    number_alone   = "${local.number}"
    directive_if   = "%{if local.number > 1}big%{else}small%{endif}"
    directive_for  = "%{for p in local.people}${p.name},%{endfor}"
    directive_for2 = "%{for i, p in local.people}${i}=${p.name};%{endfor}"
    strip          = "a ${~ 1 ~} b"
    heredoc        = <<EOT
  first
    ${local.number} second
EOT
    flush          = local.text
    flush_blank    = <<-EOT

      a

        b
      ${local.number}
    EOT
    heredoc_strip  = <<-EOT
      %{~ for p in local.people ~}
      - ${p.name}
      %{~ endfor ~}
      end
    EOT
    heredoc_loop   = <<-EOT
      %{ for p in local.people ~}
      - ${p.name}
      %{ endfor ~}
      end
    EOT
    heredoc_if     = <<EOT
%{ if true ~}
  yes
%{ else ~}
  no
%{ endif ~}
tail
EOT
    heredoc_escape = <<-EOT
      $${literal} \n "quoted"
    EOT
    # collections
    index          = [local.people[0].name, local.people[1]["name"], local.nested.x.y[0].z, local.nested["x"].y.0.z]
    splat          = local.people[*].name
    splat_attr     = local.people.*.age
    splat_null     = var.nothing[*]
    splat_one      = local.nested[*].x
    object_keys    = { "quoted" = 1, (local.early) = 2, "t${local.number}" = 3, plain : 4 }
    for_list       = [for p in local.people : upper(p.name) if p.age > 3]
    for_index      = [for i, p in local.people : "${i}-${p.name}"]
    for_map        = { for p in local.people : p.name => p.age }
    for_group      = { for p in local.people : p.age => p.name... }
    for_over_map   = [for k, v in { b = 1, a = 2 } : "${k}${v}"]
    for_over_set   = [for v in toset(["b", "a"]) : v]
    late           = local.late
    # variables
    tags           = var.tags
    queues         = var.queues
    set            = var.set
    list           = var.list
    tuple          = var.tuple
    flag           = var.flag
    var_number     = var.number
    var_text       = var.text
    # numbers
    n_abs          = abs(-3)
    n_ceil         = [ceil(1.2), floor(1.8), floor(-1.2), signum(-3), pow(2, 8), log(16, 2), max(1, 5, 3), min(4, 2), sum([1, 2.5])]
    n_spread       = max([1, 9, 4]...)
    n_parse        = [parseint("ff", 16), parseint("-12", 10)]
    # strings
    s_case         = [lower("ABC"), upper("abc"), title("hello wide world")]
    s_trim         = [trimspace("  a b "), trim("xxaxx", "x"), trimprefix("pre-a", "pre-"), trimsuffix("a.fifo", ".fifo"), trimsuffix("a", "b"), chomp("a\n\n")]
    s_replace      = [replace("a-b-c", "-", "_"), replace("hello world", "/w.*d/", "x"), replace("abc", "/(b)/", "<$1>")]
    s_split        = [split(",", "a,b,,c"), split("", "abc"), split(",", "")]
    s_join         = [join("-", ["a", "b"]), join(",", []), join("-", ["a"], ["b", "c"])]
    s_format       = [format("%s-%03d", "a", 7), format("%5.2f|%x|%t|%v|%q|%%", 3.14159, 255, true, [1, "a"], "q"), format("%-5s|%5s|", "ab", "cd"), format("%[2]s %[1]s", "a", "b"), format("%v", { a = 1 })]
    s_formatlist   = formatlist("%s/%s", "base", ["a", "b"])
    s_substr       = [substr("hello", 1, 3), substr("hello", -3, 2), substr("hello", 2, -1), substr("hi", 0, 10)]
    s_tests        = [startswith("abc", "ab"), endswith("a.fifo", ".fifo"), strcontains("abc", "d")]
    s_rev          = strrev("abc")
    s_indent       = indent(2, "a\nb\nc")
    s_regex        = [regex("[a-z]+", "12ab3"), regex("(\\d+)-(\\d+)", "1-2"), regex("(?P<k>[a-z]+)=(?P<v>\\d+)", "a=1")]
    s_regexall     = [regexall("[a-z]", "a1b"), length(regexall("x", "abc")), regexall("(a)(b)", "abab")]
    # collections
    c_length       = [length("héllo"), length([1, 2]), length({ a = 1 })]
    c_concat       = concat([1], [], [2, 3])
    c_contains     = [contains(["a", "b"], "a"), contains(["a"], "c")]
    c_compact      = compact(["a", "", "b", null])
    c_distinct     = distinct(["b", "a", "b"])
    c_element      = [element(["a", "b", "c"], 4), element(["a", "b"], 0)]
    c_index        = index(["a", "b"], "b")
    c_flatten      = flatten([["a", ["b"]], [], "c", [[["d"]]]])
    c_keys         = [keys({ b = 1, a = 2 }), values({ b = 1, a = 2 })]
    c_lookup       = [lookup({ a = "x" }, "a", "z"), lookup({ a = "x" }, "b", "z")]
    c_merge        = merge({ a = 1, b = 1 }, { b = 2 }, null, { c = 3 })
    c_zipmap       = zipmap(["a", "b"], [1, 2])
    c_coalesce     = [coalesce("", null, "c"), coalescelist([], ["x"])]
    c_one          = [one([]), one(["a"])]
    c_range        = [range(3), range(1, 4), range(0, 10, 4), range(3, 0)]
    c_reverse      = reverse(["a", "b"])
    c_slice        = slice(["a", "b", "c"], 1, 3)
    c_sort         = sort(["b", "C", "a", "B"])
    c_chunk        = chunklist(["a", "b", "c"], 2)
    c_bool         = [alltrue([true, true]), alltrue([]), anytrue([false, true]), anytrue([])]
    c_matchkeys    = matchkeys(["i-1", "i-2", "i-3"], ["a", "b", "a"], ["a"])
    c_transpose    = transpose({ a = ["1", "2"], b = ["2"] })
    c_setproduct   = setproduct(["a", "b"], [1, 2])
    c_sets         = [setunion(["a"], ["b", "a"]), setintersection(["a", "b"], ["b"]), setsubtract(["a", "b"], ["b"])]
    c_toset        = toset(["c", "a", "c"])
    # conversion
    t_string       = [tostring(1), tostring(true), tostring("a"), tostring(1.50)]
    t_number       = [tonumber("1.5"), tonumber("7")]
    t_bool         = tobool("true")
    t_list         = tolist(toset(["b", "a"]))
    t_map          = tomap({ a = 1 })
    t_try          = [try(local.people[9].name, "none"), can(local.people[0].name), can(local.people[0].nope), try(local.nested.x.q, null)]
    t_null         = try(var.nothing.attribute, "was null")
    # encoding
    e_json         = jsonencode({ b = [1, "a", true, null], a = { c = 1.5 }, "<&>" = "é\n\"" })
    e_json_text    = "${jsonencode({ a = 1 })}!"
    e_json_scalar  = jsonencode("text")
    e_decode       = jsondecode("{\"a\": [1, 2.5, {\"b\": null}]}")
    e_round        = jsondecode(jsonencode({ a = [1] })).a[0]
    e_yaml         = yamldecode("a: [1, x]\nb: {c: true}")
    e_base64       = [base64encode("hello"), base64decode("aGVsbG8=")]
    e_url          = urlencode("a b&c/é=")
    e_hash         = [md5("a"), sha1("a"), sha256("a"), base64sha256("a"), sha512("a")]
    e_csv          = csvdecode("a,b\n1,2\n3,4")
    # files
    f_names        = [basename("/a/b.txt"), dirname("/a/b.txt"), basename("x")]
    f_exists       = [fileexists("${path.module}/expressions.tf"), fileexists("nope.txt")]
    f_template     = templatefile("${path.module}/greeting.tftpl", { name = "ann", hobbies = ["chess", "go"] })
    f_file         = file("greeting.tftpl")
    f_fileset      = fileset(path.module, "*.tftpl")
    p_path         = [path.module, path.root]
    # types mixed in lists
    m_list         = tolist([1, "a", true])
    m_map          = tomap({ a = 1, b = "x" })
    f_strip_left   = "a \n  ${~ 1}"
    heredoc_left   = <<EOT
keep
%{~ if true }
x
%{ endif }
EOT
    index_number   = local.people["1"].name
    map_index      = { "1" = "a" }[1]
    equal_mixed    = [1 == "1", true == "true", "a" == null, null != "a", [] == [], {} == {}]
    format_list    = format("%s", join(",", [for i in range(3) : format("%02d", i)]))
    nested_for     = [for a in ["x", "y"] : [for b in [1, 2] : "${a}${b}"]]
    nested_object  = { for k, v in { a = ["x"], b = [] } : k => { for i in v : i => length(v) } if length(v) > 0 }
    spread_merge   = merge([{ a = 1 }, { b = 2 }]...)
    spread_concat  = concat([[1], [2, 3]]...)
    lookup_null    = lookup({ a = null }, "a", "d")
    long_number    = 123456789012
    zero_pad       = "007"
    tags_merged    = merge(var.tags, { extra = "e" })
    trim_both      = trim("  x  ", " ")
    replace_dollar = replace("x.y.z", ".", "\\.")
    dots           = split(".", "a.b.c")[1]
    comments       = [1, # one
      2 /* two */, 3 // three
    ]
    m_concat       = concat(["a"], [1])
    m_null         = { a = null }
    m_sensitive    = nonsensitive(sensitive("s"))
  }
}
