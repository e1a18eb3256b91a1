#!/bin/sh
# Run a Python that is new enough with these arguments: $PYTHON where that is set, else the virtual environment's or
# one of PATH. Each is tried before it is taken: a name on PATH may be an old Python, or a shim that leads nowhere.
names=${PYTHON:-.venv/bin/python python3 python3.14 python3.13 python3.12 python3.11 python}

for name in $names; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$name" "$@"
  fi
done

{
  echo "Python 3.11 or newer is needed, and none was found:"
  for name in $names; do
    if command -v "$name" >/dev/null; then
      printf '    %-18s %s\n' "$name" "$("$name" --version 2>&1 | head -n 1)"
    fi
  done
  echo "  Remedy: install one, or name one that you have: PYTHON=/path/to/python3"
  echo "    Debian 12, Ubuntu 24.04:  sudo apt-get install python3 python3-venv"
  echo "    macOS:                    brew install python"
  echo "    pyenv:                    pyenv install 3.13 && pyenv global 3.13"
} >&2
exit 1
