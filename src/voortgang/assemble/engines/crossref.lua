-- Number figures and tables, fill in references, and show or hide content per format, as Quarto does.
-- Captions get their number here for every format, so that formats cannot disagree.

local names = { fig = "Figuur", tbl = "Tabel", sec = "Paragraaf" }
local nbsp = "\u{a0}"
local numbers = {}          -- label -> number as text
local given = nil           -- the same for all of a document, where only some chapters of it are made
local counts = { fig = 0, tbl = 0 }
local sections = { 0, 0, 0, 0, 0, 0 }

local function format_matches(name)
  return FORMAT:match(name) ~= nil or (name == "typst" and FORMAT == "typst")
end

local function visible(div)
  if not (div.classes:includes("content-visible") or div.classes:includes("content-hidden")) then
    return div
  end
  local show = true
  if div.attributes["when-format"] then show = format_matches(div.attributes["when-format"]) end
  if div.attributes["unless-format"] then show = not format_matches(div.attributes["unless-format"]) end
  if div.classes:includes("content-hidden") then show = not show end
  return show and div.content or {}
end

-- What the shortcode `pagebreak` becomes
local function page_break()
  if FORMAT:match("typst") then return pandoc.RawBlock("typst", "#pagebreak(weak: true)") end
  if FORMAT:match("docx") then return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>') end
  if FORMAT:match("odt") then return pandoc.RawBlock("opendocument", '<text:p text:style-name="Pagebreak"/>') end
  return pandoc.Div({}, pandoc.Attr("", { "pagina-einde" }))
end

-- `::: {#tbl-x}` around a table, with the caption as its last paragraph
local function unwrap(div)
  if div.classes:includes("pagina-einde") then return page_break() end
  if not div.identifier:match("^tbl%-") then return visible(div) end
  local found, caption, other = div.content[1], div.content[2], div.content[3]
  if not found or found.t ~= "Table" or other or (caption and caption.t ~= "Para") then
    error("the div #" .. div.identifier .. " holds not one table and its caption")
  end
  found.identifier = div.identifier
  if caption then found.caption = { long = { pandoc.Plain(caption.content) } } end
  return found
end

local function kind_of(label)
  return label:match("^(%a+)%-")
end

-- A chapter that is made alone says what stands before it. What it counts itself must be what was counted for all.
local function begin_chapter(div)
  if not (given and div.classes:includes("voortgang-hoofdstuk")) then return nil end
  for kind in pairs(counts) do counts[kind] = tonumber(div.attributes[kind]) end
  sections = { tonumber(div.attributes.secties), 0, 0, 0, 0, 0 }
end

local function read_numbers(meta)
  if not meta["voortgang-nummers"] then return nil end
  given = {}
  for label, number in pairs(meta["voortgang-nummers"]) do given[label] = pandoc.utils.stringify(number) end
  meta["voortgang-nummers"] = nil
  return meta
end

local function has_number(label, number)
  assert(not given or given[label] == number, "the number of " .. label .. " is not " .. number)
  numbers[label] = number
end

local function numbered(element, kind)
  if kind_of(element.identifier) ~= kind then return nil end
  counts[kind] = counts[kind] + 1
  has_number(element.identifier, tostring(counts[kind]))
  local prefix = pandoc.Str(names[kind] .. nbsp .. counts[kind] .. ": ")
  local long = element.caption.long
  if #long == 0 then long = { pandoc.Plain({}) } end
  long[1].content:insert(1, prefix)
  element.caption = { long = long }
  return element
end

local function count_section(header)
  if header.classes:includes("unnumbered") then return nil end
  sections[header.level] = sections[header.level] + 1
  for deeper = header.level + 1, 6 do sections[deeper] = 0 end
  local number = table.concat(sections, ".", 1, header.level)
  if header.identifier:match("^sec%-") then has_number(header.identifier, number) end
  -- Pandoc numbers the headings of every format but OpenDocument.
  if FORMAT:match("odt") and PANDOC_WRITER_OPTIONS.number_sections then
    header.content = pandoc.Inlines({ pandoc.Str(number), pandoc.Space() }) .. header.content
    return header
  end
end

-- `@fig-x` arrives as a citation; verwijzingen.lua has put the words around it beside it
local function refer(cite)
  local parts = pandoc.Inlines({})
  for index, citation in ipairs(cite.citations) do
    local number = numbers[citation.id] or given and given[citation.id]
    if not number then error("the reference @" .. citation.id .. " points to nothing") end
    local text = number
    if citation.mode ~= "SuppressAuthor" then text = names[kind_of(citation.id)] .. nbsp .. number end
    if index > 1 then parts:extend({ pandoc.Str(";"), pandoc.Space() }) end
    parts:extend(citation.prefix)
    if #citation.prefix > 0 then parts:insert(pandoc.Space()) end
    parts:insert(pandoc.Link({ pandoc.Str(text) }, "#" .. citation.id))
    parts:extend(citation.suffix)
  end
  return parts
end

return {
  { Div = unwrap, Meta = read_numbers },
  {
    traverse = "topdown",
    Div = begin_chapter,
    Header = count_section,
    Figure = function(figure) return numbered(figure, "fig") end,
    Table = function(tbl) return numbered(tbl, "tbl") end,
  },
  { Cite = refer },
}
