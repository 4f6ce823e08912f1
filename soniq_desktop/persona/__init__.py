"""What listening says about somebody: entropy with its interval, archetype, habits. numpy only, no Qt."""
