-- Reads chapters of a document one by one. In comes JSON: the reader and the texts. Out goes JSON: of each text its blocks, and its
-- headings in order: the name that one was given, or what Pandoc would name it after, and then a mark stands in its place.

local given = pandoc.json.decode(io.read("a"), false)
local behind = "voortgang-slot"

-- A chapter that defines no name and asks for none is read alike whatever stands before and behind it. Brackets that mean nothing
-- in it may ask for a name of another, and a link that is not written as one was made of the words of a heading.
local function stands_alone(doc, text)
  local links, written = 0, select(2, text:gsub("%]%(#", ""))
  local plain = doc:walk({
    Cite = function(cite)
      local words = pandoc.Inlines({})
      for _, each in ipairs(cite.citations) do words:extend(each.prefix .. each.suffix) end
      return words
    end,
    Code = function() return {} end,
    CodeBlock = function() return {} end,
    Link = function(link) if link.target:sub(1, 1) == "#" then links = links + 1 end end,
  })
  return links == written and not pandoc.utils.stringify(plain):find("[%[%]]")
end

local function read(text)
  local doc = pandoc.read(text .. "\n\n# " .. behind .. "\n", given.reader)
  local last = doc.blocks:remove()
  local is_whole = last and last.t == "Header" and pandoc.utils.stringify(last) == behind and not next(doc.meta)
  assert(is_whole, "what a chapter begins, it does not end")
  assert(stands_alone(doc, text), "what a chapter asks for, another may have")
  local headings = {}
  doc = doc:walk({
    traverse = "topdown",
    Header = function(header)
      local named = header.identifier ~= ""
      table.insert(headings, { named = named, name = named and header.identifier or pandoc.structure.unique_identifier(header.content) })
      header.identifier = named and header.identifier or given.mark .. #headings .. given.mark
      return header
    end,
    -- Pandoc counts the references of a whole document, which nobody asks for: so a chapter would be another for one before it.
    Cite = function(cite)
      for _, each in ipairs(cite.citations) do each.note_num = 0 end
      return cite
    end,
  })
  return { text = pandoc.write(pandoc.Pandoc(doc.blocks), "json"), headings = headings }
end

local made = {}
for index, text in ipairs(given.texts) do made[index] = read(text) end
io.write(pandoc.json.encode(made))
