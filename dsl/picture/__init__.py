"""Pictures of programs: boxes and arrows, where they stand, and how they are written."""
