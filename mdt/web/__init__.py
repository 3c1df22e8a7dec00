"""What the HTTP doors share: guards, sign-ins, forms, words, headers, errors."""
