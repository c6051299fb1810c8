"""What goes back to the clerks: refused rows, the workbook to mend them in, work lists."""
