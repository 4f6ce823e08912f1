"""The live views of the full player: mel, chroma, FFT and tempogram of what plays."""
