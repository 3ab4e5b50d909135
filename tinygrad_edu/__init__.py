"""tinygrad_edu."""
