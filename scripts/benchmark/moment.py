"""Simulated time, in seconds since 1970."""

import time

START = 1893456000  # 2030-01-01T00:00:00Z
HOUR = 3600
DAY = 24 * HOUR


def stamp(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
