"""Pages for everybody: the plain FAQ, health and metrics, and in demo mode the page that shows it all."""
