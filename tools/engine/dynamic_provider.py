"""Pulumi's own server of dynamic providers, which does not outlive its engine."""

import runpy
import threading

from tools.engine.orphan import end_with_parent

if __name__ == "__main__":
    threading.Thread(target=end_with_parent, args=[threading.Event()], daemon=True).start()
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
