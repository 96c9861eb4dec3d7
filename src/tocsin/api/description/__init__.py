"""The description of the API, OpenAPI 3.1: what FastAPI knows of its routes, the intake's routes, and every answer."""
