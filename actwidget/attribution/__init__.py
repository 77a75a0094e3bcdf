"""Attribution: what a class or a unit depends on, for any model that can be recorded."""
