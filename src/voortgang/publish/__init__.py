"""What lies in the folder of a report, beside and around its documents. Imports assemble and below."""
