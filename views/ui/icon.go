package ui

// wordmarkLetters are the strokes of the name.
const wordmarkLetters = "M3 24.4V7.2h5.6a5.1 5.1 0 0 1 0 10.2H3M30.6 12.2v12.2M30.6 18.3a6 6 0 1 1-12 0 6 6 0 0 1 12 0" +
	"M37 24.4V12.2M37 18.2c0-3.6 2-5.9 5.6-5.9M48.2 5v19.4" +
	"M54.5 18.2h11.6a5.8 5.9 0 1 0-1.7 4.2M70.6 12.2l5.6 12M81.8 12.2 74 30"
