(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var about = document.getElementById("about");
  var views = Array.prototype.slice.call(document.querySelectorAll(".view"));
  var tabs = Array.prototype.slice.call(document.querySelectorAll("[role=tab]"));
  var boxes = new Map();

  function picture(view) { return view.querySelector("svg"); }
  function current() { return views.find(function (v) { return !v.hidden; }); }
  function each(selector, run) { Array.prototype.forEach.call(document.querySelectorAll(selector), run); }

  // pan and zoom: the view box of the picture that is shown
  function box(view) {
    if (!boxes.has(view)) {
      var b = picture(view).viewBox.baseVal;
      boxes.set(view, { x: b.x, y: b.y, w: b.width, h: b.height, full: [b.x, b.y, b.width, b.height] });
    }
    return boxes.get(view);
  }
  function apply(view) { var b = box(view); picture(view).setAttribute("viewBox", [b.x, b.y, b.w, b.h].join(" ")); }
  function zoom(view, factor, cx, cy) {
    var b = box(view), w = Math.min(Math.max(b.w * factor, b.full[2] / 40), b.full[2] * 4), f = w / b.w;
    cx = cx === undefined ? b.x + b.w / 2 : cx; cy = cy === undefined ? b.y + b.h / 2 : cy;
    b.x = cx - (cx - b.x) * f; b.y = cy - (cy - b.y) * f; b.w *= f; b.h *= f;
    apply(view);
  }
  function fit(view) {
    var b = box(view), r = view.getBoundingClientRect();
    b.x = b.full[0]; b.y = b.full[1]; b.w = b.full[2]; b.h = b.full[3];
    if (r.width && b.h / b.w > 3 * r.height / r.width) { b.h = b.w * r.height / r.width; } // several pictures: from the top on
    apply(view);
  }
  function scale(view) { var b = box(view), r = view.getBoundingClientRect(); return Math.max(b.w / r.width, b.h / r.height); }
  function centre(view, node) {
    var shape = byNode(view, node);
    if (!shape) { return; }
    var m = shape.getBBox(), own = shape.getCTM(), svg = picture(view).getCTM();
    var x = (own.e - svg.e) / svg.a + m.width / 2, y = (own.f - svg.f) / svg.d + m.height / 2, b = box(view);
    b.x = x - b.w / 2; b.y = y - b.h / 2; apply(view);
  }
  views.forEach(function (view) {
    var drag = null;
    view.addEventListener("pointerdown", function (e) { drag = { x: e.clientX, y: e.clientY, moved: false }; });
    view.addEventListener("pointermove", function (e) {
      if (!drag) { return; }
      var dx = e.clientX - drag.x, dy = e.clientY - drag.y, s = scale(view), b = box(view);
      if (!drag.moved && Math.abs(dx) + Math.abs(dy) < 4) { return; }
      drag.moved = true; b.x -= dx * s; b.y -= dy * s; drag.x = e.clientX; drag.y = e.clientY; apply(view);
    });
    window.addEventListener("pointerup", function () { setTimeout(function () { drag = null; }, 0); });
    view.addEventListener("wheel", function (e) {
      e.preventDefault();
      var r = view.getBoundingClientRect(), s = scale(view), b = box(view);
      var left = r.left + (r.width - b.w / s) / 2, top = r.top + (r.height - b.h / s) / 2;
      zoom(view, e.deltaY > 0 ? 1.15 : 1 / 1.15, b.x + (e.clientX - left) * s, b.y + (e.clientY - top) * s);
    }, { passive: false });
    view.addEventListener("click", function (e) {
      if (drag && drag.moved) { return; }
      var finding = e.target.closest("[data-finding]"), node = e.target.closest("[data-id]");
      if (finding) { show(Number(finding.dataset.finding), true); }
      else if (node) { open(node.dataset.id); }
      else { clear(); }
    });
    view.addEventListener("keydown", function (e) {
      var node = e.target.closest && e.target.closest("[data-id]");
      if (node && (e.key === "Enter" || e.key === " ")) { e.preventDefault(); open(node.dataset.id); }
    });
  });
  document.getElementById("in").addEventListener("click", function () { zoom(current(), 1 / 1.3); });
  document.getElementById("out").addEventListener("click", function () { zoom(current(), 1.3); });
  document.getElementById("fit").addEventListener("click", function () { fit(current()); });

  function size() {
    views.forEach(function (view) {
      var b = box(view).full, wide = document.documentElement.clientWidth;
      view.style.height = Math.max(320, Math.min(window.innerHeight * 0.66, wide * b[3] / b[2])) + "px";
    });
  }
  window.addEventListener("resize", size);
  size();
  fit(current());

  // views
  function choose(name) {
    views.forEach(function (v) { v.hidden = v.dataset.view !== name; });
    tabs.forEach(function (t) { t.setAttribute("aria-selected", String(t.dataset.view === name)); });
    fit(current()); clear(); search();
  }
  tabs.forEach(function (tab, i) {
    tab.addEventListener("click", function () { choose(tab.dataset.view); });
    tab.addEventListener("keydown", function (e) {
      var step = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
      if (step) { var next = tabs[(i + step + tabs.length) % tabs.length]; next.focus(); choose(next.dataset.view); }
    });
  });

  // lighting a way
  function byNode(view, id) {
    return Array.prototype.find.call(view.querySelectorAll("[data-id]"), function (n) { return n.dataset.id === id; });
  }
  function clear() {
    each("svg.lit", function (s) { s.classList.remove("lit"); });
    each(".on", function (n) { n.classList.remove("on"); });
    about.hidden = true;
  }
  function light(view, ids) {
    var wanted = new Set(ids), svg = picture(view), any = false;
    Array.prototype.forEach.call(view.querySelectorAll("[data-id]"), function (n) {
      if (wanted.has(n.dataset.id)) { n.classList.add("on"); any = true; }
    });
    Array.prototype.forEach.call(view.querySelectorAll("[data-from]"), function (a) {
      if (wanted.has(a.dataset.from) && wanted.has(a.dataset.to)) { a.classList.add("on"); }
    });
    if (any) { svg.classList.add("lit"); }
    return any;
  }
  function show(number, scroll) {
    clear();
    var finding = data.findings[number - 1], view = current();
    if (!light(view, finding.nodes) && view.dataset.view !== "flow") { choose("flow"); view = current(); light(view, finding.nodes); }
    if (finding.nodes.length) { centre(view, finding.nodes[0]); }
    var row = document.getElementById("f" + number);
    if (row) {
      row.classList.add("on");
      if (scroll) { row.scrollIntoView({ block: "nearest" }); } else { document.getElementById("stage").scrollIntoView({ block: "nearest" }); }
    }
    history.replaceState(null, "", "#f" + number);
  }
  each("li[data-finding] .show", function (b) {
    b.addEventListener("click", function () { show(Number(b.closest("li").dataset.finding), false); });
  });

  // what a node promises, and its neighbours
  function element(name, text, className) {
    var made = document.createElement(name);
    if (text !== undefined) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  }
  function list(title, rows) {
    if (!rows.length) { return; }
    about.appendChild(element("p", title));
    var ul = element("ul");
    rows.forEach(function (row) {
      var li = element("li", row[0] + " "), other = data.nodes[row[1]], go = element("button", other ? other.name : row[1], "go");
      go.type = "button";
      go.addEventListener("click", function () { open(row[1]); });
      li.appendChild(go);
      if (row[2]) { li.appendChild(document.createTextNode(" (" + row[2] + ")")); }
      ul.appendChild(li);
    });
    about.appendChild(ul);
  }
  function open(id) {
    var node = data.nodes[id];
    if (!node) { return; }
    clear();
    var ids = [id].concat(node["in"].map(function (e) { return e[1]; }), node.out.map(function (e) { return e[1]; }));
    light(current(), ids);
    about.textContent = "";
    var close = element("button", "×", "close");
    close.type = "button"; close.setAttribute("aria-label", "close");
    close.addEventListener("click", clear);
    about.appendChild(close);
    about.appendChild(element("h3", node.name));
    about.appendChild(element("p", node.kind + (node.details ? " · " + node.details : "")));
    if (node.at) { about.appendChild(element("p", node.at)); }
    list("comes from", node["in"]);
    list("goes to", node.out);
    about.hidden = false;
  }
  document.addEventListener("keydown", function (e) {
    if (e.key === "Escape") { clear(); }
    if (e.key === "/" && e.target.tagName !== "INPUT") { e.preventDefault(); input.focus(); }
    if (e.target.tagName === "INPUT") { return; }
    var b = box(current()), step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (step && e.target.closest && e.target.closest("#stage")) { e.preventDefault(); b.x += step[0] * b.w / 12; b.y += step[1] * b.h / 12; apply(current()); }
    if (e.key === "+") { zoom(current(), 1 / 1.3); }
    if (e.key === "-") { zoom(current(), 1.3); }
    if (e.key === "0") { fit(current()); }
  });

  // search
  var input = document.getElementById("search"), found = document.getElementById("found");
  function search() {
    var text = input.value.trim().toLowerCase(), hits = [];
    each(".hit", function (n) { n.classList.remove("hit"); });
    if (text) {
      Array.prototype.forEach.call(current().querySelectorAll("[data-id]"), function (n) {
        var node = data.nodes[n.dataset.id];
        if (node && (node.name + " " + node.kind).toLowerCase().indexOf(text) >= 0) { n.classList.add("hit"); hits.push(n.dataset.id); }
      });
    }
    found.textContent = text ? hits.length + (hits.length === 1 ? " node" : " nodes") : "";
    return hits;
  }
  input.addEventListener("input", search);
  input.addEventListener("keydown", function (e) {
    if (e.key === "Enter") { var hits = search(); if (hits.length) { centre(current(), hits[0]); open(hits[0]); } }
  });
  each("tr[data-node]", function (row) {
    row.addEventListener("click", function () { open(row.dataset.node); centre(current(), row.dataset.node); document.getElementById("stage").scrollIntoView({ block: "nearest" }); });
  });
  var start = /^#f(\d+)$/.exec(location.hash);
  if (start && data.findings[Number(start[1]) - 1]) { show(Number(start[1]), false); }
}());
