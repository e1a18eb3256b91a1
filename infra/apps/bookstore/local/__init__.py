"""The BookStore on this computer: its data directory, database and server."""
