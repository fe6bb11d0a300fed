-- `[vooral @tbl-x, kolom Fase; zie @fig-y]` becomes words and references of one label each: Quarto writes the words before
-- a reference in place of "Tabel", and drops those after it. Runs before references are filled in, in both engines.

local kinds = { fig = true, tbl = true, sec = true }

local function single(citation)
  local label = citation.id
  return pandoc.Cite({ pandoc.Str("@" .. label) }, { pandoc.Citation(label, citation.mode) })
end

local function around(citation)
  local made = pandoc.Inlines({})
  made:extend(citation.prefix)
  if #citation.prefix > 0 then made:insert(pandoc.Space()) end
  made:insert(single(citation))
  made:extend(citation.suffix)
  return made
end

local function split(cite)
  for _, citation in ipairs(cite.citations) do
    if not kinds[citation.id:match("^(%a+)%-")] then return nil end
  end
  local first, made = cite.citations[1], pandoc.Inlines({})
  -- `@tbl-x [kolom Fase]`: what belongs to a reference in the text stands between brackets.
  local in_text = first.mode == "AuthorInText" and (#cite.citations > 1 or #first.suffix > 0)
  if in_text then
    made:extend({ single(first), pandoc.Space(), pandoc.Str("(") })
    made:extend(first.suffix)
  else
    made:extend(around(first))
  end
  for index = 2, #cite.citations do
    if not in_text or index > 2 or #first.suffix > 0 then made:extend({ pandoc.Str(";"), pandoc.Space() }) end
    made:extend(around(cite.citations[index]))
  end
  if in_text then made:insert(pandoc.Str(")")) end
  return made
end

return { { Cite = split } }
