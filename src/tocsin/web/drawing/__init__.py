"""What pages draw: icons, fuses, and what falls due on one axis of time. Pure; made by the server, without a script."""
