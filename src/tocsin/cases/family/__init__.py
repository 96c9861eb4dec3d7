"""Cases that belong together: parents and the children that follow them, links, merged cases."""
