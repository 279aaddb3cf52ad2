"""What the ``companion`` command can do, each module loaded only when it is asked for."""
