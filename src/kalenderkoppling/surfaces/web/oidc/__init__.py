"""OpenID Connect: what is asked of an identity provider, and what of its answers is believed."""
