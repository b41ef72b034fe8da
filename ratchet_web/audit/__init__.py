"""The record of acts: one door through which all of them are written down."""
