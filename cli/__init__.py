"""The command `zegel`: people's commands on the client, operators' on the server."""
