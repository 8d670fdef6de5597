// The page of the API takes swagger-ui-bundle.js, and this is not built in.
