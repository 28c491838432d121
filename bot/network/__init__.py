"""Connections that several rooms open: kept between requests, with the authorities they trust."""
