"""Licences of weights that are fetched on request, as they are shown before anything is fetched."""

MIT_SPLEETER = """\
MIT License

Copyright (c) 2019-present, Deezer SA.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

The weights were trained by Deezer Research (Hennequin et al., 2020) and are published with the code.
"""

PERSONAL_HTDEMUCS = """\
The weights of HTDemucs were trained by Meta (Rouard, Massa and Défossez, 2023). Meta makes them available for
personal and research use only; the code of Demucs is under the MIT licence, its weights are not.

SONIQ does not ship them. They are fetched for you, from where they are published, and stay on this computer.
Do not use them, or what they make of music, commercially, unless Meta allows it.
"""
