"""Terraform and OpenTofu: plans, states, and root modules in HCL."""
