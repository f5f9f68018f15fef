"""The C parser without the rest of PyYAML, and PyYAML whole for whoever asks for more."""

from __future__ import annotations

import subprocess
import sys

import pytest

READ = """
import sys
from edalint.sources import yaml_reader
assert yaml_reader.read("t", "a: [1, !Ref b]").root == {"a": [1, {"Ref": "b"}]}
"""


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", READ + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_reading_loads_the_parser_and_what_it_needs_alone() -> None:
    """No loader, dumper or resolver of PyYAML is imported to read a template."""
    loaded = _run("print(*sorted(m for m in sys.modules if m.startswith('yaml')))").split()

    assert loaded == ["yaml", "yaml._yaml", "yaml.error", "yaml.events", "yaml.nodes", "yaml.tokens"]


@pytest.mark.parametrize(
    "code",
    [
        "import yaml\nassert yaml.load('a: [1]', yaml.CSafeLoader) == yaml.safe_load('a: [1]') == {'a': [1]}",
        "from yaml import CSafeDumper, dump\nassert dump({'a': 1}, Dumper=CSafeDumper) == 'a: 1\\n'",
        "import yaml.resolver\nassert yaml.safe_load('1') == 1",
        "from yaml import *\nassert isinstance(compose('a'), ScalarNode)",
        "import yaml\nassert yaml.__version__ and yaml.__with_libyaml__ and yaml.error.Mark and yaml.nodes.Node and yaml.cyaml.CParser",
        "import yaml\nassert not hasattr(yaml, 'nothing') and not hasattr(yaml, '__nothing__')",
        "import importlib, yaml\nassert importlib.reload(yaml) is yaml and yaml.safe_load('1') == 1",
    ],
)
def test_pyyaml_is_whole_for_whoever_asks(code: str) -> None:
    """After a template was read, `yaml` is the package that everybody knows, however it is imported."""
    _run(code)


@pytest.mark.parametrize(
    "code",
    [
        "from yaml.scanner import ScannerError\nfrom yaml.cyaml import CSafeLoader\nimport yaml",
        "import yaml\nfrom yaml import CSafeLoader\nScannerError = yaml.scanner.ScannerError",
    ],
)
def test_errors_of_the_parser_are_those_of_the_package(code: str) -> None:
    """Who catches PyYAML's classes catches what the C parser raises."""
    check = "\ntry:\n    yaml.load('a: `', CSafeLoader)\nexcept ScannerError as error:\n    print(type(error) is ScannerError)"

    assert _run(code + check).strip() == "True"


def test_a_package_that_is_loaded_is_left_alone() -> None:
    """Within a program that uses PyYAML its parser is used as it is."""
    code = "import yaml\nbefore = dict(vars(yaml))\n" + READ + "assert dict(vars(yaml)) == before"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_beside_other_threads_pyyaml_is_imported_as_usual() -> None:
    """One of them may be importing it at the same time."""
    wait = "import threading\nend = threading.Event()\nthreading.Thread(target=end.wait).start()\n"
    code = wait + "try:" + READ.replace("\n", "\n    ") + "\n    print('yaml.reader' in sys.modules)\nfinally:\n    end.set()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert done.stdout.strip() == "True", done.stderr


def test_without_libyaml_the_python_parser_reads() -> None:
    """A PyYAML without its C extension serves too."""
    block = "import sys\nsys.modules['yaml._yaml'] = None\n"
    code = block + READ + "import yaml\nassert not yaml.__with_libyaml__ and yaml.safe_load('1') == 1"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
