-- Figures, tables, headings and references that Quarto has numbered become Pandoc's own, with their number as text: so
-- every format gets what the built-in path makes. There `quarto` is unknown, and this filter does nothing.
if not quarto then return {} end

local names = { fig = "Figuur", tbl = "Tabel" }
local nbsp = "\u{a0}"
local numbers = {}          -- label -> number as text

local function kind_of(label)
  return label:match("^(%a+)%-")
end

-- A figure without a text alternative of its own is described by its caption, which Quarto has taken from the picture.
local function described(plain, caption)
  local picture = plain.content[1]
  if not (picture.attributes["fig-alt"] or picture.attributes["alt"]) and #picture.caption == 0 and caption then
    picture.attributes["fig-alt"] = pandoc.utils.stringify(caption)
  end
  return plain
end

-- Quarto's own node for a figure or table.
local function float(node)
  local kind, content = kind_of(node.identifier), node.content
  local order = node.order and node.order.order
  if not (names[kind] and order) or content == nil then return nil end
  if content.t == "Div" and #content.content == 1 then content = content.content[1] end
  local picture = kind == "fig" and content.t == "Plain" and #content.content == 1 and content.content[1].t == "Image"
  if kind == "tbl" then assert(content.t == "Table", "the div #" .. node.identifier .. " holds not one table and its caption") end
  if not (picture or kind == "tbl") then return nil end
  numbers[node.identifier] = tostring(order)
  local words = pandoc.Inlines({ pandoc.Str(names[kind] .. nbsp .. order .. ": ") })
  words:extend(pandoc.utils.blocks_to_inlines({ node.caption_long or pandoc.Plain({}) }))
  local caption = { long = { pandoc.Plain(words) } }
  if picture then return pandoc.Figure({ described(content, node.caption_long) }, caption, pandoc.Attr(node.identifier)) end
  content.attr, content.caption = pandoc.Attr(node.identifier), caption
  return content
end

-- What figuren.lua made of a captioned picture without a label.
local function unlabelled(div)
  if not div.classes:includes("zonder-label") then return nil end
  local caption = { long = div.content:remove(1).content }
  div.classes = div.classes:filter(function(class) return class ~= "zonder-label" end)
  return pandoc.Figure(div.content, caption, div.attr)
end

-- Quarto names a heading before it fills in shortcodes: what holds one gets an encoded name, that no address should have.
-- Pandoc names headings by their words, the same words in order with -1, -2; so they are named again, all in order.
local encoded = "b58fc729%-690b%-4000%-b19f%-365a4093b2ff"

local function words_of(header)
  local words, number = header.content:clone(), header.attributes["number"]
  if number and #words > 0 and pandoc.utils.stringify(words[1]) == number then
    words:remove(1)
    if words[1] and pandoc.utils.stringify(words[1]):match("^%.?%s*$") then words:remove(1) end
  end
  return words
end

local function named_by_pandoc(words)
  local markdown = pandoc.write(pandoc.Pandoc({ pandoc.Header(1, words) }), "markdown-header_attributes")
  local read = pandoc.read(markdown, "markdown").blocks[1]
  return read and read.t == "Header" and read.identifier or "section"
end

local function named(doc)
  local needed, taken = false, {}
  doc:walk({ Header = function(header) needed = needed or header.identifier:match(encoded) ~= nil end })
  if not needed then return nil end
  return doc:walk({
    Header = function(header)
      local name = named_by_pandoc(words_of(header))
      local given = header.identifier
      local follows = given:sub(1, #name) == name and given:sub(#name + 1):match("^%-?%d*$")
      local written = not (follows or given:match(encoded))
      local free, count = written and given or name, 0
      while taken[free] and not written do
        count = count + 1
        free = name .. "-" .. count
      end
      taken[free] = true
      header.identifier = free
      return header
    end,
  })
end

-- In Word the number of a heading is written as Pandoc writes it, in OpenDocument as the built-in path does. In HTML Quarto
-- writes it as Pandoc does, and Typst numbers headings itself.
local function heading(header)
  local number = header.attributes["number"]
  if not number then return nil end
  numbers[header.identifier] = number
  if FORMAT:match("docx") then
    header.content = words_of(header)
    local run = '<w:r><w:rPr><w:rStyle w:val="SectionNumber" /></w:rPr><w:t xml:space="preserve">' .. number .. "</w:t></w:r><w:r><w:tab /></w:r>"
    header.content:insert(1, pandoc.RawInline("openxml", run))
  elseif FORMAT:match("odt") then
    header.content = pandoc.Inlines({ pandoc.Str(number), pandoc.Space() }) .. words_of(header)
  end
  return header
end

-- What is shown per format stands in a node of Quarto's until after this filter: a paragraph before it would not know which
-- table it introduces. What is not shown is empty.
local function condition(node)
  local shown = node.node
  if shown == nil then return {} end
  return shown.t == "Div" and shown.content or pandoc.Blocks({ shown })
end

-- Between floats Quarto leaves paragraphs that hold one blank.
local function paragraph(para)
  local only = #para.content == 1 and para.content[1]
  if only and only.t == "Str" and only.text:match("^ *$") then return {} end
end

-- In HTML the shortcode pagebreak is for who prints the page. In Typst it makes no page without a word.
local function raw(block)
  if FORMAT:match("typst") and block.text:match("^#pagebreak%(%)%s*$") then return pandoc.RawBlock("typst", "#pagebreak(weak: true)") end
  if FORMAT:match("html") and block.text:match("page%-break%-after") then return pandoc.Div({}, pandoc.Attr("", { "pagina-einde" })) end
end

local function reference(link)
  if not link.classes:includes("quarto-xref") then return nil end
  return pandoc.Link({ pandoc.Str(pandoc.utils.stringify(link.content)) }, link.target)
end

-- In Typst a reference is a call, in two raw pieces with the word between them.
local function typst_references(inlines)
  local made, label, word = pandoc.Inlines({}), nil, nil
  for _, each in ipairs(inlines) do
    local raw = each.t == "RawInline" and each.format == "typst" and each.text
    local opened = raw and raw:match("^#ref%(<(.-)>, supplement: %[$")
    if opened and numbers[opened] then
      label, word = opened, pandoc.Inlines({})
    elseif label and raw == "])" then
      local text = pandoc.utils.stringify(word)
      made:insert(pandoc.Link({ pandoc.Str((text == "" and "" or text .. nbsp) .. numbers[label]) }, "#" .. label))
      label = nil
    elseif label then
      word:insert(each)
    else
      made:insert(each)
    end
  end
  return made
end

local references = { Link = reference }
if FORMAT:match("typst") then references = { Inlines = typst_references } end
-- What Quarto keeps for itself would become properties of the Word or OpenDocument file.
local of_quarto = { "_quarto-vars", "affiliations", "authors", "biblio-config", "by-affiliation", "by-author", "header-includes", "include-after", "include-before", "labels", "revealjs-plugins" }

local function without_own(meta)
  if not (FORMAT:match("docx") or FORMAT:match("odt")) then return nil end
  for _, name in ipairs(of_quarto) do meta[name] = nil end
  return meta
end

return { { Meta = without_own }, { ConditionalBlock = condition }, { Pandoc = named }, { FloatRefTarget = float, Div = unlabelled, Header = heading, Para = paragraph, RawBlock = raw }, references }
