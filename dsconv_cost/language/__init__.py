"""An architecture as text: YAML to an `Architecture`, with every problem placed."""
