module slipway.dev/lab/echo

go 1.26.0
