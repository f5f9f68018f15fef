"""Amazon States Language: states, integrations, retries."""
