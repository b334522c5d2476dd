"""The interface as an OpenAPI 3.1 document, and a page to read it and to try it out (docs/openapi.md)."""
