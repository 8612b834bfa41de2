"""The interface document, readable: one page made from /openapi.json, nothing loaded elsewhere."""

from typing import Any

from flask import Blueprint, Flask, Response, render_template_string
from flask_smorest import Api

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ spec.info.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { border-top: 1px solid #bbb; padding-top: 1rem } code { background: #f2f2f2; padding: 0 .2em }
table { border-collapse: collapse } td, th { text-align: left; padding: .2rem 1rem .2rem 0 }
</style></head><body>
<h1>{{ spec.info.title }} {{ spec.info.version }}</h1>
<p>{{ spec.info.description }}
The machine-readable form is <a href="/openapi.json">openapi.json</a>.</p>
{% for path, item in spec.paths.items() %}{% for method, operation in item.items()
   if method in ("get", "post", "put", "delete") %}
<h2><code>{{ method.upper() }} {{ path }}</code></h2>
<p><strong>{{ operation.summary }}.</strong> {{ operation.description or "" }}</p>
<table>{% for parameter in (item.parameters or []) + (operation.parameters or []) %}
<tr><td><code>{{ parameter.name }}</code></td><td>{{ parameter.in }}</td>
<td>{{ "required" if parameter.required else "optional" }}</td></tr>{% endfor %}</table>
{% if operation.requestBody %}<p>Body: {{ schema(operation.requestBody.content) }}</p>{% endif %}
<table>{% for status, response in operation.responses.items() %}
<tr><td><code>{{ status }}</code></td>
<td>{{ schema(response.content or {}) or response.description }}</td></tr>
{% endfor %}</table>
{% endfor %}{% endfor %}
<h1>Bodies</h1>
{% for name, body in spec.components.schemas.items() %}
<h2 id="{{ name }}">{{ name }}</h2>
<table>{% for field, shape in body.properties.items() %}
<tr><td><code>{{ field }}</code></td><td>{{ kind(shape) }}</td>
<td>{{ "required" if field in (body.required or []) else "optional" }}</td></tr>{% endfor %}</table>
{% endfor %}</body></html>"""


def _kind(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rsplit("/", 1)[-1]
    if "items" in shape:
        return f"list of {_kind(shape['items'])}"
    kind = shape.get("type", "any")
    words = [kind if isinstance(kind, str) else " or ".join(kind)]
    if "pattern" in shape:
        words.append("of its one spelling")
    if "maxLength" in shape:
        words.append(f"at most {shape['maxLength']} characters")
    return ", ".join(words)


def _schema(content: dict[str, Any]) -> str:
    return ", ".join(
        f"{_kind(media['schema'])} ({media_type})"
        for media_type, media in content.items()
        if "schema" in media
    )


def install(app: Flask, api: Api) -> None:
    blueprint = Blueprint("docs", __name__)

    @blueprint.route("/docs")
    def docs() -> Response:
        page = render_template_string(PAGE, spec=api.spec.to_dict(), kind=_kind, schema=_schema)
        response = Response(page, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
        )
        return response

    app.register_blueprint(blueprint)
