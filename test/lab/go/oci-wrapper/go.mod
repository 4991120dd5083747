module slipway.dev/lab/oci-wrapper

go 1.26.0
