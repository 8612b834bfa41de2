"""What every answer tells browsers to do with it, which is nothing."""

YEAR_SECONDS = 365 * 86_400
# Nothing here is for a page to show or fetch. What has a policy of its own, as /docs, keeps it.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), publickey-credentials-get=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": f"max-age={YEAR_SECONDS}",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
