-- Filters and writes chapters of a document. In comes JSON: the tree, in which each chapter is a div, the filters, the format, as what a
-- chapter is written, and what the writer is asked for. Out goes JSON: of each chapter its text, and how many figures and tables with a
-- label it holds; and what the document says of itself.

local given = pandoc.json.decode(io.read("a"), false)

local function options(sections)
  local asked = { section_divs = given.section_divs, number_sections = given.number_sections, highlight_method = "none" }
  asked.number_offset = { sections, 0, 0, 0, 0, 0 }
  return pandoc.WriterOptions(asked)
end

-- What filters expect to know.
FORMAT, PANDOC_WRITER_OPTIONS = given.form, options(0)

local function labelled(chapter)
  local found = { fig = 0, tbl = 0 }
  local function count(element)
    local kind = element.identifier:match("^(%a+)%-")
    if found[kind] then found[kind] = found[kind] + 1 end
  end
  chapter:walk({ Figure = count, Table = count })
  return found
end

local doc = pandoc.read(given.tree, "json")
for _, path in ipairs(given.filters) do doc = pandoc.utils.run_lua_filter(doc, path) end
local made = {}
for index, chapter in ipairs(doc.blocks) do
  local alone = pandoc.Pandoc(chapter.content, doc.meta)
  made[index] = { text = pandoc.write(alone, given.written_as, options(tonumber(chapter.attributes.secties))), labelled = labelled(chapter) }
end
io.write(pandoc.json.encode({ chapters = made, document = pandoc.write(pandoc.Pandoc({}, doc.meta), "json") }))
