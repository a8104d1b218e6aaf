"""Run every benchmark of this folder: `make bench`, or `python -m benchmarks NAME ...` for some."""

import importlib
import pkgutil
import sys
import time

import benchmarks


def main(wanted: list[str]) -> None:
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
        module.main([])
        print(f"   ({time.perf_counter() - started:.0f} s)\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
