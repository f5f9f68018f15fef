"""`edalint report`: one HTML file with the diagram, the findings, the inventory and what is not known.

It works from `file://` and under a strict content security policy: styles and script are in the page, allowed by their hashes,
and nothing is fetched. What comes from templates is only ever text: escaped in HTML, JSON in a data block that is no script.
"""

from edalint.diagrams.page.render import render

__all__ = ["render"]
