-- Text alternatives in every format, and a picture that Word can show. Runs after Quarto, and in the built-in path.

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- Pandoc 3.7.1 and newer does this itself, a hundred times as fast as Lua.
local function data_uri(bytes)
  local own = pandoc.mediabag.make_data_uri
  if own then return own("image/svg+xml", bytes) end
  local made = {}
  for at = 1, #bytes, 3 do
    local a, b, c = bytes:byte(at, at + 2)
    local number = a << 16 | (b or 0) << 8 | (c or 0)
    for place = 0, 3 do
      local index = (number >> (18 - 6 * place) & 63) + 1
      table.insert(made, (place == 2 and not b or place == 3 and not c) and "=" or letters:sub(index, index))
    end
  end
  return "data:image/svg+xml;base64," .. table.concat(made)
end

-- On a narrow screen another drawing of the same takes the place of a chart. It stands in the page itself: what is named
-- in a srcset is not embedded by Pandoc. The built-in path fills it in when the page is there, which Pandoc then need not read.
local function with_narrow(picture, narrow)
  local source = "smal:" .. narrow
  if quarto or not narrow:match("^figuren/[%w._-]+%.smal%.svg$") then
    local _, bytes = pandoc.mediabag.fetch(narrow)
    source = data_uri(bytes)
  end
  local opening = '<picture><source media="screen and (max-width: 599px)" srcset="' .. source .. '">'
  return { pandoc.RawInline("html", opening), picture, pandoc.RawInline("html", "</picture>") }
end

-- Pandoc reads a size without a unit as pixels, of which an inch has 96. Typst knows no pixels.
local function inches(size)
  local pixels = size:match("^%s*([%d.]+)%s*p?x?$")
  if pixels then return ("%.4gin"):format(tonumber(pixels) / 96) end
  return (size:gsub("inch$", "in"):gsub("^([%d.]+)pc$", function(picas) return tonumber(picas) * 12 .. "pt" end))
end

-- Of a height alone the width follows; of both, the picture takes both.
local function in_typst(width, height)
  if not height then return ", width: " .. inches(width or "100%") end
  local both = width and ", width: " .. inches(width) .. ', fit: "stretch"' or ""
  return both .. ", height: " .. inches(height)
end

-- The styles of a page make a picture as wide as its column, unless its own style says otherwise; pixels and heights would be
-- attributes.
local function in_html(picture)
  local width, height = picture.attributes["width"], picture.attributes["height"]
  if not height and (not width or not width:match("^[%d.]+p?x?$")) then return end
  local function size(given) return (given:gsub("^[%d.]+$", "%0px")) end
  picture.attributes["width"], picture.attributes["height"] = nil, nil
  picture.attributes["style"] = "width: " .. size(width or "auto") .. (height and "; height: " .. size(height) or "")
end

-- What is higher than a page loses its end in Word and in Typst, so such a picture is as high as a page holds with its caption.
-- In cm, on A4: the text is 17 wide. A height has no %.
local highest = 21
local centimetres = {
  cm = 1, mm = 0.1, ["in"] = 2.54, inch = 2.54, pt = 2.54 / 72, pc = 2.54 / 6, px = 2.54 / 96, [""] = 2.54 / 96,
  em = 0.37, ["%"] = 0.17,
}

local function in_centimetres(size)
  local number, unit = size:match("^%s*([%d.]+)%s*([%a%%]*)%s*$")
  return (tonumber(number) or 0) * (centimetres[unit] or 0)
end

-- Of a drawing its first element says how high it is, a hundred times as fast as Pandoc does.
local function height_by_width(name)
  local _, bytes = pandoc.mediabag.fetch(name)
  local drawing = name:match("%.svg$") and bytes:match("<svg%s[^>]*>") or ""
  local wide, high = drawing:match('%swidth="([%d.]+)pt"'), drawing:match('%sheight="([%d.]+)pt"')
  if wide and high then return high / wide end
  local size = pandoc.image.size(bytes)
  return size.height / size.width
end

local function within_page(picture)
  local width, height = picture.attributes["width"], picture.attributes["height"]
  local known, proportion = pcall(height_by_width, picture.src) -- what cannot be read, who makes the document says
  local high = height and in_centimetres(height) or known and proportion * in_centimetres(width or "100%") or 0
  if high <= highest then return nil end
  picture.attributes["width"], picture.attributes["height"] = nil, highest .. "cm"
  return picture
end

local pages = { traverse = "topdown", Table = function() return nil, false end, Image = within_page } -- a cell is no page

local function image(picture)
  local narrow = picture.attributes["smal"]
  picture.attributes["smal"] = nil
  local alt = picture.attributes["fig-alt"] or picture.attributes["alt"] or pandoc.utils.stringify(picture.caption)
  alt = alt:gsub("\u{e004}", "") -- keeps Quarto from reading braces of a text as a shortcode
  picture.attributes["fig-alt"] = nil
  assert(alt ~= "", "the figure " .. picture.src .. " has no text alternative: write one as fig-alt") -- error() only speaks in Quarto
  if FORMAT:match("typst") then
    -- Pandoc's Typst writer drops the text alternative.
    local size = in_typst(picture.attributes["width"], picture.attributes["height"])
    local name = picture.src:gsub("%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end)
    return pandoc.RawInline("typst", "#image(" .. typst_string(name) .. ", alt: " .. typst_string(alt) .. size .. ")")
  elseif FORMAT:match("docx") or FORMAT:match("odt") then
    picture.src = picture.src:gsub("%.svg$", ".png")
    if not picture.attributes["height"] then picture.attributes["width"] = picture.attributes["width"] or "100%" end
    picture.caption = { pandoc.Str(alt) } -- Word's description of the picture
  else
    picture.attributes["alt"] = alt
    picture.caption = {}
    in_html(picture)
    if narrow then return with_narrow(picture, narrow) end
  end
  return picture
end

-- Typst turns "..." into one sign, "--" into a dash, a hyphen before a digit into a minus, and "https://" into a link.
-- A word that is only "+", "-", "/" or "==" begins a list, a term or a heading where a line or content begins, and
-- Pandoc escapes it at the beginning of a paragraph only, not of a cell, an item or a link. What was typed stays what was typed.
local typed = { "%.%.%.", "%-%-", "%-%?", "%-%d", "//", "~", "^[-+/]$", "^=+$" }

local function literal(str)
  for _, pattern in ipairs(typed) do
    if str.text:match(pattern) then return pandoc.RawInline("typst", "#" .. typst_string(str.text) .. ";") end
  end
end

-- To hand each word of a report to Lua takes long, and most texts have none of these.
local function with_literals(block)
  local words = pandoc.utils.stringify(block)
  if words:find("[-+=/~]") or words:find("...", 1, true) then return block:walk({ Str = literal }) end
end

local function literal_properties(meta)
  return pandoc.Pandoc({}, meta):walk({ Str = literal }).meta
end

-- A traffic light or a verdict is a sign, a word and a colour; the colour has a contrast of at least 4.5 on white, so also in
-- print.
local lights = {
  ["●"] = { "groen", "1A7F37" },
  ["✔"] = { "groen", "1A7F37" },
  ["▲"] = { "oranje", "B45309" },
  ["■"] = { "rood", "B42318" },
  ["○"] = { "grijs", "52606B" },
}

local function light(str)
  local name, colour = table.unpack(lights[str.text] or {})
  if not name then return nil end
  if FORMAT:match("typst") then
    return pandoc.RawInline("typst", '#text(fill: rgb("#' .. colour .. '"))[' .. str.text .. "]")
  elseif FORMAT:match("docx") then
    return pandoc.RawInline("openxml", '<w:r><w:rPr><w:color w:val="' .. colour .. '"/></w:rPr><w:t>' .. str.text .. "</w:t></w:r>")
  end
  return pandoc.Span({ str }, pandoc.Attr("", { "licht", name }))
end

-- To hand each word of a table to Lua takes long, and most tables have no lights.
local function ways_of(tbl, ways)
  local words = pandoc.utils.stringify(tbl)
  for sign in pairs(lights) do
    if words:find(sign, 1, true) then ways.Str = light end
  end
  return ways
end

local function cells(tbl)
  local ways = ways_of(tbl, {})
  return ways.Str and tbl:walk(ways) or nil
end

-- Under the title of a sheet there is no chapter, which would begin on a page of its own. In a document of many sheets
-- each begins on a new page, but for the first: that stands under the title.
local sheet, separate, first_level = false, false, nil
local function read_sheets(meta)
  sheet, separate = meta.blad ~= nil, meta["blad-per-kop"] ~= nil
end

-- In HTML each figure and table leads to the cell of the notebook that made it, and each number to its own origin.
local origins, folder = {}, ""

-- The head of each printed page is a text in a style sheet: what is no letter or digit there is written by its number.
local function style_text(words)
  local text = pandoc.utils.stringify(words)
  local written = text:gsub("[^%w\128-\255]", function(sign) return ("\\%x "):format(sign:byte()) end)
  return pandoc.Inlines({ pandoc.RawInline("html", '"' .. written .. '"') })
end

local function read_origins(meta)
  origins = meta.herkomst or {}
  if meta.blad then folder = "../" end
  if meta.verslagmap then folder = pandoc.utils.stringify(meta.verslagmap) .. "/" end
  local title, subtitle = pandoc.utils.stringify(meta.title or ""), pandoc.utils.stringify(meta.subtitle or "")
  meta["kop-links"] = style_text(title .. (subtitle ~= "" and " · " .. subtitle or ""))
  if meta.merk then meta["kop-rechts"] = style_text(meta.merk) end
  read_sheets(meta)
  return meta
end

local function number(span)
  if not span.classes:includes("cijfer") then return nil end
  if not FORMAT:match("html") then return span.content end
  return pandoc.Link(span.content, folder .. "herkomst.html#" .. span.attributes["k"], "", pandoc.Attr("", { "cijfer" }))
end

-- The numbers of a table can be clicked; the keyboard reaches them through the link below the table.
local function without_stop(link)
  if not link.classes:includes("cijfer") then return nil end
  link.attributes["tabindex"] = "-1"
  return link
end

local function origin_of(element)
  local page = origins[element.identifier]
  if not page then return {} end
  local name = pandoc.utils.stringify(element.caption.long):match("^(.-):") or "dit"
  local target = folder .. "notebooks/" .. pandoc.utils.stringify(page)
  local link = pandoc.Link("Zo is " .. name:gsub("^%u", string.lower) .. " gemaakt", target)
  return { pandoc.Div({ pandoc.Plain({ link }) }, pandoc.Attr("", { "herkomst" })) }
end

-- The text alternative of a chart gives its values, "Lijndiagram van … . Werken 1,8% in 2019; Wonen 1,3% …"; who sees the
-- chart and cannot read it finds them in a list. A part that lacks the name that the first has belongs to the one before.
local function values_of(fig)
  local alt = ""
  fig:walk({ Image = function(picture) alt = picture.attributes["alt"] or "" end })
  local items, named = pandoc.List({}), nil
  for part in (alt:match("^.-%. (.+)$") or ""):gsub("%.$", ""):gmatch("[^;]+") do
    local words, has_name = part:gsub("^%s+", ""), part:find(": ", 1, true) ~= nil
    if named == nil then named = has_name end
    if named and not has_name then
      items[#items] = items[#items] .. "; " .. words
    else
      items:insert(words)
    end
  end
  if #items == 0 then return {} end
  local list = pandoc.BulletList(items:map(function(words) return pandoc.Plain({ pandoc.Str(words) }) end))
  return { pandoc.RawBlock("html", '<details class="waarden"><summary>Waarden</summary>'), list, pandoc.RawBlock("html", "</details>") }
end

local function figure(fig)
  local below = origin_of(fig)
  if below[1] then below[1].content:extend(values_of(fig)) end
  return { fig, table.unpack(below) }
end

-- How many columns name a row, for who hears a cell without seeing where it stands: the first; with the second where the first
-- says the same of several rows, as a pillar does. None where that names no row either, or where a name would be empty.
local function naming_columns(tbl)
  for count = 1, math.min(2, #tbl.colspecs - 1) do
    local taken, names = {}, true
    for _, body in ipairs(tbl.bodies) do
      for _, row in ipairs(body.body) do
        local parts = {}
        for column = 1, count do
          local cell = row.cells[column]
          local words = cell and cell.col_span == 1 and cell.row_span == 1 and pandoc.utils.stringify(cell.contents) or ""
          if words == "" then return 0 end
          parts[column] = words
        end
        local name = table.concat(parts, "\n")
        names = names and not taken[name]
        taken[name] = true
      end
    end
    if names then return count end
  end
  return 0
end

local function with_row_heads(tbl)
  local count = naming_columns(tbl)
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = count
    for _, row in ipairs(body.body) do
      for column = 1, count do row.cells[column].attributes.scope = "row" end
    end
  end
end

-- How wide a word of a table is, in points of 9 point letters.
local function width_of(word)
  local _, thin = word:gsub("[.,:;'|ijl]", "")
  local _, blanks = word:gsub("\u{a0}", "")
  local _, broad = word:gsub("[%uMWmw%%]", "")
  return (utf8.len(word) or #word) * 4.6 - (thin + blanks) * 2.2 + broad * 1.2
end

-- What is not broken in a cell: a word of the head and of the first column, and a number anywhere.
local function unbroken(cell, every)
  local widest = 0
  for word in pandoc.utils.stringify(cell.contents):gmatch("[^%s/-]+") do
    if every or word:find("%d") then widest = math.max(widest, width_of(word)) end
  end
  return widest
end

local function rows_of(tbl)
  local rows = pandoc.List({})
  rows:extend(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do rows:extend(body.body) end
  rows:extend(tbl.foot.rows)
  return rows
end

-- How wide each column must be for what is not broken in it, in points of 9 point letters.
local function needs_of(tbl)
  local needs = {}
  for number, row in ipairs(rows_of(tbl)) do
    for column, cell in ipairs(row.cells) do
      needs[column] = math.max(needs[column] or 1, unbroken(cell, number <= #tbl.head.rows or column == 1))
    end
  end
  return needs
end

-- How much smaller the letters of a table must be for its numbers to stand beside each other, and not over one another; 1 where
-- they have room. A text is 482 points wide, and `margin` of each column stays empty. To look at every cell takes time, and six
-- columns have room for a billion each.
local function fitting(tbl, margin)
  if #tbl.colspecs < 7 then return 1 end
  local needs, known = needs_of(tbl), true
  local sum, least = 0, 1
  for column, need in ipairs(needs) do
    local share = tbl.colspecs[column] and tbl.colspecs[column][2]
    known, sum = known and share ~= nil, sum + need
    if share then least = math.min(least, (482 * share - margin) / need) end
  end
  return known and least or math.min(1, (482 - margin * #needs) / sum)
end

local enough = 0.93 -- the widths of letters are estimates

-- Wide tables scroll on a small screen; a keyboard can scroll what has focus.
local function scrolling(tbl)
  local label = pandoc.utils.stringify(tbl.caption.long)
  -- A list, not a table by name: Lua gives the names of a table in any order, and the same report has the same bytes.
  local attributes = { { "role", "region" }, { "aria-label", label }, { "tabindex", "0" } }
  -- On a screen it scrolls; on paper it would be cut off.
  if fitting(tbl, 10) < enough then attributes[4] = { "style", ("--past: %.2g"):format(math.max(0.45, fitting(tbl, 4))) } end
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = "col" end
  end
  with_row_heads(tbl)
  tbl = tbl:walk(ways_of(tbl, { Link = without_stop }))
  return { pandoc.Div({ tbl }, pandoc.Attr("", { "tabel" }, attributes)), table.unpack(origin_of(tbl)) }
end

local styles = {}

local function in_style(name, block)
  styles[name] = styles[name] or pandoc.Attr("", {}, { { "custom-style", name } })
  return pandoc.Div({ block }, styles[name])
end

-- A paragraph stays on the page where the figure or table after it begins: it says what follows. So does a figure's title.
local function introduction(para)
  if FORMAT:match("docx") then return { in_style("Inleiding", para) } end
  return { pandoc.RawBlock("typst", "#block(sticky: true, spacing: 1.1em)["), para, pandoc.RawBlock("typst", "]") }
end

local function is_title(block)
  return block ~= nil and block.t == "Div" and block.classes:includes("figuurtitel")
end

local function title(div)
  local para = div.content[1]
  if FORMAT:match("docx") then return { in_style("Inleiding", para) } end
  return { pandoc.RawBlock("typst", "#block(sticky: true, above: 1.1em, below: 0.6em)["), para, pandoc.RawBlock("typst", "]") }
end

-- Key figures are a list, of which each item holds a name, a figure, and what is said of it. On paper they are cards, side by
-- side; in Word a table of four columns, in which a name is the heading of what stands below it. In HTML the styles make cards.
local abreast = 4

local function in_word(items)
  local rows, most = pandoc.List({}), 0
  for _, item in ipairs(items) do most = math.max(most, #item) end
  for line = 2, most do
    rows:insert(items:map(function(item)
      local para = item[line]
      if not para then return {} end
      return line == 2 and { in_style("Kaartcijfer", para) } or { pandoc.Plain(para.content) }
    end))
  end
  local names = items:map(function(item) return { pandoc.Plain(item[1].content) } end)
  for _, row in ipairs({ names, table.unpack(rows) }) do
    for _ = #row + 1, abreast do row:insert({}) end
  end
  local aligned, widths = {}, {}
  for column = 1, abreast do aligned[column], widths[column] = "AlignLeft", 1 / abreast end
  return pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligned, widths, names, rows))
end

local function cards(div)
  local list = div.content[1]
  if not (div.classes:includes("kaarten") and list and list.t == "BulletList") then return nil end
  local made = pandoc.Blocks({})
  if FORMAT:match("typst") then
    made:insert(pandoc.RawBlock("typst", "#kaarten("))
    for _, item in ipairs(list.content) do
      made:insert(pandoc.RawBlock("typst", "["))
      made:extend(item)
      made:insert(pandoc.RawBlock("typst", "],"))
    end
    made:insert(pandoc.RawBlock("typst", ")"))
    return made
  end
  local items = pandoc.List(list.content)
  for first = 1, #items, abreast do
    made:insert(in_word(pandoc.List({ table.unpack(items, first, math.min(first + abreast - 1, #items)) })))
  end
  return made
end

-- A picture and who made it, in one paragraph. Typst would break the page between them, and begins a line below a picture itself.
local function with_credit(para)
  local picture, stop = para.content[1], para.content[2]
  if not (FORMAT:match("typst") and stop and stop.t == "LineBreak" and picture.t == "RawInline") then return { para } end
  local credit = pandoc.Inlines({ table.unpack(para.content, 3) })
  local opening = "#block(breakable: false, spacing: 1.1em)[#block(below: 0.7em)["
  return {
    pandoc.RawBlock("typst", opening), pandoc.Plain({ picture }), pandoc.RawBlock("typst", "]"), pandoc.Para(credit),
    pandoc.RawBlock("typst", "]"),
  }
end

-- What stands together stays on one page, where it fits: each block but the last is kept with the next.
local function together(div)
  if not div.classes:includes("bijeen") then return nil end
  local made = pandoc.Blocks({})
  for index, block in ipairs(div.content) do
    local para, last = block.t == "Para", index == #div.content
    made:extend(para and (last and with_credit(block) or introduction(block)) or { block })
  end
  return made
end

local function introducing(blocks)
  local made = pandoc.Blocks({})
  for index, block in ipairs(blocks) do
    local after = blocks[index + 1]
    local introduces = block.t == "Para" and after and (after.t == "Figure" or after.t == "Table" or is_title(after))
    made:extend(introduces and introduction(block) or is_title(block) and title(block) or { block })
    -- Between two tables Pandoc would write an empty paragraph; the caption is between them already.
    local adjoins = block.t == "Table" and after and after.t == "Table"
    if adjoins and FORMAT:match("docx") then made:insert(pandoc.RawBlock("openxml", "")) end
  end
  return made
end

local function with_introductions(doc)
  -- Cells hold neither, and there are many.
  doc = doc:walk({ Div = together })
  return doc:walk({ Blocks = introducing, Table = function(tbl) return tbl, false end, traverse = "topdown" })
end

local readable = 0.7 -- letters of less than some 6 points are read by nobody

-- Which columns stand beside the first in each part of a table that is too wide: as many in each, in as few parts as it takes.
local function divided(needs, margin)
  local others = #needs - 1
  for parts = 2, others do
    local each, fits, groups = math.ceil(others / parts), true, {}
    for first = 2, #needs, each do
      local last = math.min(first + each - 1, #needs)
      local width = needs[1] + margin
      for column = first, last do width = width + needs[column] + margin end
      fits = fits and width <= 482
      table.insert(groups, { first, last })
    end
    if fits or parts == others then return groups end
  end
  return {}
end

-- The first column and some others of a table, as wide as the text: what is left goes to the names of the rows, as far as they
-- are longer, and to all columns.
local function part_of(tbl, first, last, needs, margin)
  local part, columns, widths, longest, left = tbl:clone(), { 1 }, {}, 0, 482
  for column = first, last do table.insert(columns, column) end
  for _, row in ipairs(rows_of(part)) do
    longest = math.max(longest, width_of(pandoc.utils.stringify(row.cells[1].contents)))
    row.cells = pandoc.List(columns):map(function(column) return row.cells[column] end)
  end
  for place, column in ipairs(columns) do
    widths[place] = needs[column] + margin
    left = left - widths[place]
  end
  local more = math.max(0, math.min(left, longest - needs[1]))
  widths[1] = widths[1] + more
  local all = 0
  for place = 1, #columns do
    widths[place] = widths[place] + math.max(0, left - more) / #columns
    all = all + widths[place]
  end
  local ways = pandoc.List(columns):map(function(column) return part.colspecs[column][1] end)
  part.colspecs = ways:map(function(way, place) return { way, widths[place] / all } end)
  return part
end

-- A table whose letters would be too small goes on below itself, with the names of its rows: the figures of ten years or more.
local function parts_of(tbl)
  local margin, whole = 10, pandoc.List({ tbl })
  if fitting(tbl, margin) >= readable then return whole end
  local needs = needs_of(tbl)
  for _, row in ipairs(rows_of(tbl)) do
    if #row.cells < #tbl.colspecs then return whole end -- a cell over several columns
  end
  local parts, caption = pandoc.List({}), pandoc.utils.stringify(tbl.caption.long)
  for number, group in ipairs(divided(needs, margin)) do
    local part = part_of(tbl, group[1], group[2], needs, margin)
    if number > 1 then
      part.identifier = ""
      local again = (caption:match("^Tabel\u{a0}%d+") or caption) .. " (vervolg)"
      if caption ~= "" then part.caption = { long = { pandoc.Plain(again) } } end
    end
    parts:insert(part)
  end
  return parts
end

local function in_parts(format)
  return function(tbl)
    local made = pandoc.List({})
    for _, part in ipairs(parts_of(tbl)) do made:extend(format(part) or { part }) end
    return made
  end
end

-- In Word the text of a table has a style of its own. A table of up to 15 rows stays whole; of a longer one the first two
-- rows stay together, and the last two. (The PDF measures a table instead.) Word breaks a number that has no room.
local function in_table_style(tbl)
  local rows, first = rows_of(tbl), #tbl.head.rows + 1
  local fits = fitting(tbl, 10)
  local small = fits < readable and " smalst" or fits < enough and " smal" or ""
  for index, row in ipairs(rows) do
    local with_next = index < #rows and (#rows - first < 15 or index <= first or index == #rows - 1)
    local name = "Tabeltekst" .. small .. (with_next and " bijeen" or "")
    for _, cell in ipairs(row.cells) do
      cell.contents = cell.contents:map(function(block)
        return block.t == "Plain" and in_style(name, pandoc.Para(block.content)) or block
      end)
    end
  end
  return { tbl }
end

-- In the PDF a row stays whole. One that is higher than a page would lose its end: then the rows of its table break. A letter is
-- some 4.1 points wide, a line 10.6 high; of a column whose width is not known it is taken that it is narrow.
local function has_high_row(tbl)
  if #pandoc.utils.stringify(tbl) < 500 then return false end
  for _, row in ipairs(rows_of(tbl)) do
    for column, cell in ipairs(row.cells) do
      local share = tbl.colspecs[column] and tbl.colspecs[column][2] or 0.14
      local lines = #pandoc.utils.stringify(cell.contents) * 4.1 / math.max(482 * share - 10, 20)
      if lines * 10.6 > 450 then return true end
    end
  end
  return false
end

local function within_paper(tbl)
  local ways = ""
  if has_high_row(tbl) then ways = "\n#set table.cell(breakable: true)" end
  if fitting(tbl, 10) < enough then
    local size = math.max(4, 9 * fitting(tbl, 4))
    ways = ways .. ("\n#set table(inset: (x: 2pt, y: 4.5pt))\n#show table: set text(size: %.3gpt)"):format(size)
  end
  if ways == "" then return nil end
  return { pandoc.RawBlock("typst", "#[" .. ways), tbl, pandoc.RawBlock("typst", "]") }
end

local function on_new_page(header)
  if not separate then return nil end
  if not first_level then
    first_level = header.level
    return nil
  end
  if header.level > first_level then return nil end
  if FORMAT:match("typst") then
    return { pandoc.RawBlock("typst", "#pagebreak(weak: true)"), header }
  elseif FORMAT:match("html") then
    return { pandoc.Div({}, pandoc.Attr("", { "pagina-einde" })), header }
  end
  local style = { { "custom-style", "Heading 2 op nieuw blad" } }
  return pandoc.Div({ pandoc.Para(header.content) }, pandoc.Attr(header.identifier, {}, style))
end

-- In HTML each heading leads to itself, so that its address can be copied. The link is empty: the contents leave it out.
local function heading(header)
  if header.identifier == "" then return on_new_page(header) end
  local name, number = pandoc.utils.stringify(header), header.attributes["number"]
  if number and name:sub(1, #number) == number then name = name:sub(#number + 1):gsub("^[%s\u{a0}]+", "") end
  local attributes = { { "aria-label", "Verwijzing naar: " .. name } }
  header.content:insert(pandoc.Link({}, "#" .. header.identifier, "", pandoc.Attr("", { "anker" }, attributes)))
  return on_new_page(header) or header
end

-- In the properties of a Word or OpenDocument file the publisher is the author, and it says what it is about and on which
-- terms. What only other formats read would be a property without a value.
local of_others = { "bestanden", "herkomst", "peildatum", "titelblad", "toc-title" }

local function properties(meta)
  read_sheets(meta)
  meta.author = meta.uitgever
  local about = meta.subtitle and pandoc.utils.stringify(meta.subtitle)
  meta.subject = meta.subject or about
  if meta.licentie and not meta.description then
    meta.description = (about and about .. ". " or "") .. "Licentie: " .. pandoc.utils.stringify(meta.licentie)
  end
  for _, name in ipairs(of_others) do meta[name] = nil end
  return meta
end

local function lower(header)
  if not sheet then return nil end
  header.level = header.level + 1
  return header
end

-- A filter is given only what its format changes: to hand every word of a report to Lua takes time.
local inlines = { Image = image, Span = number }
if FORMAT:match("html") then
  return { { Meta = read_origins }, inlines, { Figure = figure, Table = scrolling, Header = heading } }
end
if FORMAT:match("docx") then
  return {
    { Meta = properties }, { Header = on_new_page }, pages, inlines, { Table = cells, Header = lower, Div = cards },
    { Pandoc = with_introductions }, { Table = in_parts(in_table_style) },
  }
end
if FORMAT:match("odt") or FORMAT:match("opendocument") then
  return { { Meta = properties }, pages, inlines, { Header = lower } }
end
if not FORMAT:match("typst") then return { inlines, { Table = cells } } end
local with_text = { Meta = literal_properties }
for _, kind in ipairs({ "Plain", "Para", "Header", "LineBlock", "DefinitionList" }) do with_text[kind] = with_literals end
return {
  { Meta = read_sheets }, { Header = on_new_page }, pages, inlines, with_text, { Table = cells, Div = cards },
  { Pandoc = with_introductions }, { Table = in_parts(within_paper) },
}
