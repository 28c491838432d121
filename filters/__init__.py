"""Match reports in Russian, Ukrainian and English. Pure: no I/O, no clock.

    analyser = Analyser()
    filters = FilterSet(analyser)
    filters.add("f1", parse("самовольн* NEAR/3 оставлен*"))
    for hit in filters.match(analyser.analyse(Document(text="…"))):
        print(hit.key, hit.spans)

docs/filters.md tells the language and how matching works.
"""
