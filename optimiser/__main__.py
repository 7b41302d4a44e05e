"""Run by ``python -m optimiser``."""

from optimiser.cli import main

if __name__ == "__main__":  # whoever imports every module runs nothing
    main()
