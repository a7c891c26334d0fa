package ui

// htmxConfig keeps htmx within the content policy, lets a form that was filled in
// wrongly (422) or too late (409) come back in its place, and puts any other error
// into the alert region. It settles at once: a form that came back works right away.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,` +
	`"defaultSettleDelay":0,"attributesToSettle":["class"],"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"(409|422)","swap":true},` +
	`{"code":"[45]..","swap":true,"error":true,"target":"#alerts","swapOverride":"innerHTML"}]}`
