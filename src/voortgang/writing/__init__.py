"""Text becomes markup and files: Dutch, Markdown, HTML, workbooks, archives, fonts, pictures. Imports errors only."""
