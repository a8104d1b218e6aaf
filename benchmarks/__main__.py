"""Run every benchmark of this folder: `make bench`, or `python -m benchmarks NAME ...` for some.

`make bench PAGES=DIR` (`--pages DIR`) has the pipeline and the flagging measured beside saved pages of your own.
"""

import argparse
import importlib
import pkgutil
import sys
import time

import benchmarks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--pages", help="a folder of .html or .html.gz files")
    given = parser.parse_args()
    wanted: list[str] = given.names
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]
    unknown = [name for name in wanted if name not in names]
    if unknown:
        sys.exit(f"no benchmark is called {unknown[0]}; there are {', '.join(names)}")
    for name in wanted or names:
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "main"):
            continue
        print(f"== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        started = time.perf_counter()
        module.main(["--pages", given.pages] if given.pages and name in ("pipeline", "flagging") else [])
        print(f"   ({time.perf_counter() - started:.0f} s)\n", flush=True)


if __name__ == "__main__":
    main()
