"""Tests of dsconv_cost/spaces."""
