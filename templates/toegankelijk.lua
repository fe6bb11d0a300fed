-- Text alternatives in every format, and a picture that Word can show. Runs after Quarto, and in the built-in path.

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function image(picture)
  local alt = picture.attributes["fig-alt"] or picture.attributes["alt"] or pandoc.utils.stringify(picture.caption)
  picture.attributes["fig-alt"] = nil
  if FORMAT:match("typst") then
    -- Pandoc's Typst writer drops the text alternative.
    local width = picture.attributes["width"]
    local size = width and (", width: " .. width) or ", width: 100%"
    return pandoc.RawInline("typst", "#image(" .. typst_string(picture.src) .. ", alt: " .. typst_string(alt) .. size .. ")")
  elseif FORMAT:match("docx") then
    picture.src = picture.src:gsub("%.svg$", ".png")
    picture.attributes["width"] = picture.attributes["width"] or "100%"
    picture.caption = { pandoc.Str(alt) } -- Word's description of the picture
  else
    picture.attributes["alt"] = alt
    picture.caption = {}
  end
  return picture
end

-- Wide tables scroll on a small screen; a keyboard can scroll what has focus.
local function scrolling(tbl)
  if not FORMAT:match("html") then return nil end
  local label = pandoc.utils.stringify(tbl.caption.long)
  return pandoc.Div({ tbl }, pandoc.Attr("", { "tabel" }, { tabindex = "0", role = "region", ["aria-label"] = label }))
end

return { { Image = image }, { Table = scrolling } }
