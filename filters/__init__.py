"""Match reports in Russian, Ukrainian and English. Pure: no I/O, no clock."""
