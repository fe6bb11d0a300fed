-- Contents for Word, after the title page: a list of links, each with a reference to the page of its heading. On which page
-- that is, only the program knows that shows it, with its own typeface, so no number is written here. LibreOffice fills them
-- in at once; Word does when it prints, and when asked. Why there is no field that Word renews as it opens the document, is in
-- docs/decisions/019. A reference that is not filled in yet shows nothing, so no row of dots leads to it.
if not FORMAT:match("docx") then return {} end

local function escaped(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"))
end

local function entries(doc)
  local rows, numbers = {}, { 0, 0 }
  for _, block in ipairs(doc.blocks) do
    if block.t == "Header" and block.level <= 2 then
      local text = pandoc.utils.stringify(block)
      if not block.classes:includes("unnumbered") then
        numbers[block.level] = numbers[block.level] + 1
        if block.level == 1 then numbers[2] = 0 end
        text = table.concat(numbers, ".", 1, block.level) .. "\u{2003}" .. text
      end
      -- A name as Word gives it: in those of Pandoc stand hyphens, which Word knows in a link and not in a reference. It
      -- stands at the end: at the beginning Quarto has the number, which Pandoc writes itself in the built-in path.
      local name = ("_Toc%06d"):format(#rows + 1)
      local bookmark = '<w:bookmarkStart w:id="%d" w:name="%s"/><w:bookmarkEnd w:id="%d"/>'
      local id = 1000000 + #rows
      block.content:insert(pandoc.RawInline("openxml", bookmark:format(id, name, id)))
      table.insert(rows, { level = block.level, text = text, anchor = name })
    end
  end
  return rows
end

local function contents(doc)
  local found = false
  doc:walk({ Div = function(div) found = found or div.classes:includes("inhoudsopgave") end })
  if not found then return nil end
  local rows = entries(doc)
  return doc:walk({
    Div = function(div)
      if not div.classes:includes("inhoudsopgave") then return nil end
      local xml = { '<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>', escaped(pandoc.utils.stringify(div)), "</w:t></w:r></w:p>" }
      for _, row in ipairs(rows) do
        local style = '<w:pStyle w:val="TOC' .. row.level .. '"/><w:tabs><w:tab w:val="right" w:leader="none" w:pos="9638"/></w:tabs>'
        local field = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
        local page = '<w:r><w:instrText xml:space="preserve"> PAGEREF ' .. row.anchor .. " \\h </w:instrText></w:r>"
        table.insert(xml, "<w:p><w:pPr>" .. style .. '</w:pPr><w:hyperlink w:anchor="' .. row.anchor .. '">')
        table.insert(xml, '<w:r><w:t xml:space="preserve">' .. escaped(row.text) .. "</w:t></w:r><w:r><w:tab/></w:r>")
        table.insert(xml, field:format("begin") .. page .. field:format("separate") .. field:format("end") .. "</w:hyperlink></w:p>")
      end
      return pandoc.RawBlock("openxml", table.concat(xml))
    end,
  })
end

return { { Pandoc = contents } }
