"""The notebook's magics: `%load_ext magics` gives `%%graph` and `%graph`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics."""
    from magics import completing, squiggles  # noqa: PLC0415 -- IPython is here only where this is called
    from magics.cell import GraphMagics  # noqa: PLC0415 -- as above

    shell.register_magics(GraphMagics)
    completing.install(shell)
    squiggles.install(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take away all that `load_ipython_extension` brought."""
    from magics import completing, squiggles  # noqa: PLC0415 -- as above

    completing.remove(shell)
    squiggles.remove(shell)
    manager: Any = shell.magics_manager
    for kind in ("line", "cell"):
        for name in ("graph", "graph_fmt"):
            manager.magics[kind].pop(name, None)
    manager.registry.pop("GraphMagics", None)
    shell.configurables[:] = [
        one for one in shell.configurables if type(one).__name__ != "GraphMagics"
    ]
