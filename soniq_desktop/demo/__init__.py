"""The demo library: short pieces in many styles, composed and synthesised on this computer from a seed.

`programme` lists what there is (plain data, cheap to import); `library` makes it, in worker processes.
Everything else runs only in those workers: `styles` writes the scores, `instruments` turn notes into sound,
`mix` makes a record of them.
"""
